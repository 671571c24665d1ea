import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { reportStylesheet } from './style.js';

/** Options of everything that is put into somebody's page. */
export interface FragmentOptions {
  /** Whether a `<style>` element comes along. Without it the page links `reportStylesheet`. Default: yes. */
  readonly inlineStyle?: boolean | undefined;
  /** The page's nonce, for content security policies that allow inline styles with one. */
  readonly nonce?: string | undefined;
}

/** A piece of a page: one `<div class="bitmapist">`, no scripts, everything in it escaped by the renderer. */
export function renderFragment(
  content: ComponentChildren,
  { inlineStyle = true, nonce }: FragmentOptions,
  className = '',
  css = reportStylesheet,
): string {
  return renderToString(
    <div class={`bitmapist ${className}`.trim()} lang="en">
      {inlineStyle && <Style nonce={nonce} css={css} />}
      {content}
    </div>,
  );
}

/** Style sheets are this library's own constant text, and the one thing that is not escaped. */
export function Style({ css, nonce }: { css: string; nonce?: string | undefined }): VNode {
  return <style nonce={nonce} dangerouslySetInnerHTML={{ __html: css }} />;
}
